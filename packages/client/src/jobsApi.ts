import type {
  CopyJobBody,
  FireList,
  InstallStartersBody,
  Job,
  JobChanges,
  JobList,
  JobReport,
  JobVersions,
  NewJobBody,
  Run,
  StarterList,
  StartersInstalled,
  TriggerJobBody,
  UpdateJobBody,
} from '@tapekeeper/contract';

export interface JobQuery {
  readonly state?: string | undefined;
  readonly type?: string | undefined;
  readonly tag?: string | undefined;
  readonly text?: string | undefined;
  readonly sort?: 'number' | 'key' | 'next' | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

export interface FireQuery {
  readonly decision?: string | undefined;
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

export type JobStep = 'enable' | 'disable' | 'pause' | 'resume';

/** What commands ask about jobs; a job is named by its number or key. */
export interface JobsApi {
  jobs(query: JobQuery): Promise<JobList>;
  job(job: string): Promise<Job>;
  createJob(body: NewJobBody, key?: string): Promise<JobReport>;
  updateJob(job: string, body: UpdateJobBody): Promise<JobReport>;
  copyJob(job: string, body: CopyJobBody): Promise<JobReport>;
  deleteJob(job: string): Promise<Job>;
  stepJob(job: string, step: JobStep): Promise<JobReport>;
  triggerJob(job: string, body: TriggerJobBody, key?: string): Promise<Run>;
  jobVersions(job: string, query: { before?: number; limit?: number }): Promise<JobVersions>;
  jobChanges(job: string, query: { before?: number; limit?: number }): Promise<JobChanges>;
  jobFires(job: string, query: FireQuery): Promise<FireList>;
  starters(): Promise<StarterList>;
  installStarters(body: InstallStartersBody): Promise<StartersInstalled>;
}
