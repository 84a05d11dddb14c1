/** What `init` found for a key of waybill.yaml, for people, and where it comes from. */
export interface Derived {
  readonly key: string;
  readonly value: string;
  readonly from: string;
}
