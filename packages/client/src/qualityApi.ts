import type {
  AcceptedHole,
  ChangeSetBody,
  DiscardBody,
  Discarded,
  HoleList,
  HoleReport,
  ImportReport,
  ImportSetBody,
  MismatchList,
  NewHoleBody,
  NewReconciliationBody,
  NewSetBody,
  QuarantineCounts,
  QuarantinedRow,
  QuarantineList,
  Reconciliation,
  ReconciliationList,
  ReleaseBody,
  Released,
  ReplaceSetBody,
  RevisionList,
  SetList,
  SetMembers,
  SetReport,
  SymbolSet,
} from '@tapekeeper/contract';

/** A page of what people have done, newest first. */
export interface PageQuery {
  readonly dataset?: string | undefined;
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

export interface QuarantineQuery extends PageQuery {
  readonly state?: string | undefined;
  readonly rule?: string | undefined;
  readonly source?: string | undefined;
  readonly run?: number | undefined;
  readonly symbol?: string | undefined;
}

export interface RevisionQuery extends PageQuery {
  readonly dataset: string;
  readonly symbol?: string | undefined;
  readonly day?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** What commands ask about quality, and about the lists of symbols that people keep. */
export interface QualityApi {
  acceptHole(body: NewHoleBody): Promise<HoleReport>;
  acceptedHoles(query: PageQuery): Promise<HoleList>;
  revokeHole(id: number, author: string): Promise<AcceptedHole>;
  quarantine(query: QuarantineQuery): Promise<QuarantineList>;
  quarantineCounts(): Promise<QuarantineCounts>;
  quarantinedRow(id: number): Promise<QuarantinedRow>;
  releaseQuarantine(body: ReleaseBody): Promise<Released>;
  discardQuarantine(body: DiscardBody): Promise<Discarded>;
  revisions(query: RevisionQuery): Promise<RevisionList>;
  beginReconciliation(body: NewReconciliationBody): Promise<Reconciliation>;
  reconciliation(id: number): Promise<Reconciliation>;
  reconciliations(query: PageQuery): Promise<ReconciliationList>;
  mismatches(id: number, query: { after?: number; limit?: number }): Promise<MismatchList>;

  sets(query: { after?: string; limit?: number }): Promise<SetList>;
  set(name: string): Promise<SymbolSet>;
  setMembers(name: string, query: { after?: string; limit?: number }): Promise<SetMembers>;
  createSet(body: NewSetBody): Promise<SetReport>;
  replaceSet(name: string, body: ReplaceSetBody): Promise<SetReport>;
  changeSet(name: string, body: ChangeSetBody): Promise<SetReport>;
  importSet(name: string, body: ImportSetBody): Promise<ImportReport>;
  deleteSet(name: string, query: { author: string; version?: number | undefined }): Promise<SymbolSet>;
}
