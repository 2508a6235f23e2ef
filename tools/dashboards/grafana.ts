// A dashboard of ours as Grafana's JSON model (schema 39, Grafana 10 and later).
import type { Dashboard, Panel, PanelUnit, Query } from './panel.ts'

const datasource = { type: 'prometheus', uid: '$datasource' }
const columns = 24
const heights: Record<Panel['show'], number> = { stat: 4, graph: 8, stack: 8 }
/** Grafana has no unit of cores; a plain number with its suffix is what its own dashboards use. */
const units: Partial<Record<PanelUnit, string>> = { cores: 'suffix: cores' }

/** Printed to charts/wattapp-operator/dashboards; no ids that change, so that a diff shows what changed. */
export function grafanaDashboard ({ uid, title, description, rows }: Dashboard): object {
  let id = 0
  let y = 0
  const panels: object[] = []
  for (const row of rows) {
    panels.push({ id: ++id, type: 'row', title: row.title, collapsed: false, gridPos: { x: 0, y: y++, w: columns, h: 1 }, panels: [] })
    let x = 0
    let height = 0
    for (const panel of row.panels) {
      if (x + panel.width > columns) {
        y += height
        x = height = 0
      }
      panels.push(panelJson(panel, ++id, x, y))
      x += panel.width
      height = Math.max(height, heights[panel.show])
    }
    y += height
  }
  return {
    uid,
    title,
    description,
    tags: ['wattapp'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: '',
    templating: { list: variables() },
    annotations: { list: [] },
    links: [],
    panels
  }
}

function panelJson ({ title, description, show, unit, queries, width, max }: Panel, id: number, x: number, y: number): object {
  const isStat = show === 'stat'
  return {
    id,
    type: isStat ? 'stat' : 'timeseries',
    title,
    description,
    datasource,
    gridPos: { x, y, w: width, h: heights[show] },
    targets: queries.map((query, index) => target(query, index, isStat)),
    fieldConfig: {
      defaults: {
        unit: units[unit] ?? unit,
        min: 0,
        ...(max === undefined ? {} : { max }),
        ...(isStat ? {} : { custom: { drawStyle: 'line', lineWidth: 1, fillOpacity: show === 'stack' ? 25 : 0, showPoints: 'never', stacking: { mode: show === 'stack' ? 'normal' : 'none' } } })
      },
      overrides: []
    },
    options: isStat
      ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'none', graphMode: 'area', textMode: 'auto' }
      : { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } }
  }
}

function target ({ expr, legend }: Query, index: number, isInstant: boolean): object {
  return { refId: String.fromCharCode(65 + index), datasource, expr, legendFormat: legend, instant: isInstant, range: !isInstant }
}

function variables (): object[] {
  const asked = (name: string, query: string, more: object = {}): object =>
    ({ name, type: 'query', label: name, datasource, query: { query, refId: name }, definition: query, refresh: 2, sort: 1, ...more })
  return [
    { name: 'datasource', type: 'datasource', label: 'data source', query: 'prometheus' },
    asked('namespace', 'label_values(wattapp_build_info, namespace)'),
    asked('app', 'label_values(wattapp_build_info{namespace="$namespace"}, app)'),
    asked('service', 'label_values(wattapp_service_ready{namespace="$namespace",app="$app"}, service)', { multi: true, includeAll: true, allValue: '.*', current: { text: ['All'], value: ['$__all'] } })
  ]
}
