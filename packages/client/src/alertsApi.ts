import type {
  AcknowledgeBody,
  AlertsNow,
  FreshnessTarget,
  IncidentDetail,
  IncidentList,
  NewSilenceBody,
  RuleList,
  SetRulesBody,
  SetTargetBody,
  Silence,
  SilenceList,
  TargetList,
} from '@tapekeeper/contract';

export interface IncidentQuery {
  /** States parted by commas; open where left out. */
  readonly state?: string | undefined;
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

/** What commands ask about what is wrong, and by when the data have to be there. */
export interface AlertsApi {
  /** Newest first. */
  incidents(query: IncidentQuery): Promise<IncidentList>;
  incident(id: number): Promise<IncidentDetail>;
  acknowledgeIncident(id: number, body: AcknowledgeBody): Promise<IncidentDetail>;
  alertsNow(): Promise<AlertsNow>;
  alertRules(): Promise<RuleList>;
  setAlertRules(body: SetRulesBody): Promise<RuleList>;
  silences(query: { readonly past?: boolean }): Promise<SilenceList>;
  createSilence(body: NewSilenceBody): Promise<Silence>;
  endSilence(id: number): Promise<Silence>;
  targets(query: { readonly month?: string | undefined }): Promise<TargetList>;
  setTarget(dataset: string, body: SetTargetBody): Promise<FreshnessTarget>;
  clearTarget(dataset: string): Promise<FreshnessTarget>;
}
