// Every query of the dashboard with its variables filled in, to be asked of a real Prometheus.
import { appDashboard } from './app.ts'

export interface QueryVariables {
  namespace: string
  app: string
  /** A regular expression; `.*` for all. */
  service: string
  /** What Grafana would make of $__rate_interval: four scrape intervals or more, e.g. `10s`. */
  interval: string
}

export interface NamedQuery { name: string, expr: string }

export function dashboardQueries ({ namespace, app, service, interval }: QueryVariables): NamedQuery[] {
  return appDashboard.rows.flatMap((row) => row.panels.flatMap((panel) => panel.queries.map(({ expr, legend }) => ({
    name: `${row.title} / ${panel.title} / ${legend}`,
    expr: expr.replaceAll('$__rate_interval', interval).replaceAll('$namespace', namespace).replaceAll('$app', app).replaceAll('$service', service)
  }))))
}
