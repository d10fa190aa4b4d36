import type {
  Catalogue,
  CatalogueEntry,
  ChooseBudgetsBody,
  DataPage,
  GapsPage,
  HostList,
  HostView,
  RunItems,
  Settings,
} from '@tapekeeper/contract';

export interface GapsQuery {
  readonly dataset: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** With commas. */
  readonly symbols?: string | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** One page of rows; lists go with commas. */
export interface DataQuery {
  readonly symbols?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly adjust?: string | undefined;
  /** What was believed then. */
  readonly asOf?: string | undefined;
  readonly columns?: string | undefined;
  readonly interval?: number | undefined;
  readonly limit?: number | undefined;
  /** Where the page begins, as the last one said. */
  readonly cursor?: string | undefined;
}

export interface ItemQuery {
  /** With commas. */
  readonly state?: string | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** What there is to collect, what is missing of it, and the hosts that it is asked of. */
export interface CatalogueApi {
  datasets(): Promise<Catalogue>;
  dataset(dataset: string): Promise<CatalogueEntry>;
  data(dataset: string, query: DataQuery): Promise<DataPage>;
  gaps(query: GapsQuery): Promise<GapsPage>;
  runItems(id: number, query: ItemQuery): Promise<RunItems>;
  hosts(): Promise<HostList>;
  host(host: string): Promise<HostView>;
  setHostBudgets(host: string, body: ChooseBudgetsBody): Promise<HostView>;
  closeBreaker(host: string): Promise<HostView>;
  settings(): Promise<Settings>;
}
