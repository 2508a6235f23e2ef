// What a panel of ours says, before it becomes Grafana's JSON.

/** Grafana's unit names. */
export type PanelUnit = 'reqps' | 's' | 'percentunit' | 'bytes' | 'short' | 'cores'

export interface Query {
  /** PromQL. Variables: $namespace, $app, $service (a regular expression), $__rate_interval. */
  expr: string
  /** Grafana's legend template, e.g. `{{service}}`. */
  legend: string
}

export interface Panel {
  title: string
  /** For the person who asks what they see: one sentence. */
  description: string
  /** `stat`: one number; `graph`: over time; `stack`: over time, added up. */
  show: 'stat' | 'graph' | 'stack'
  unit: PanelUnit
  queries: Query[]
  /** Of Grafana's 24 columns. */
  width: number
  /** Upper end of the axis, where there is a natural one. */
  max?: number
}

export interface PanelRow { title: string, panels: Panel[] }

export interface Dashboard {
  /** Stays the same for ever: links and Grafana's own storage hang on it. */
  uid: string
  title: string
  description: string
  rows: PanelRow[]
}
