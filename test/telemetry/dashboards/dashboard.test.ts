// The dashboard asks only for what the catalogue has; e2e runs each query on a real Prometheus.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metricRow } from '../../../src/telemetry/catalogue.ts'
import { appDashboard } from '../../../tools/dashboards/app.ts'
import { grafanaDashboard } from '../../../tools/dashboards/grafana.ts'
import { dashboardQueries } from '../../../tools/dashboards/queries.ts'

/** What the scrape adds, and the histogram's own. */
const scraped = ['namespace', 'app', 'pod', 'le']

const queries = dashboardQueries({ namespace: 'shop', app: 'shop', service: '.*', interval: '1m' })

for (const { name, expr } of queries) {
  test(`${name}: metrics and labels are in the catalogue`, () => {
    const selectors = [...expr.matchAll(/(\w+)\{([^}]*)\}/g)]
    assert.ok(selectors.length > 0)
    const known = new Set(scraped)
    for (const [, metric = '', matchers = ''] of selectors) {
      const row = metricRow(metric) ?? metricRow(metric.replace(/_(?:bucket|count|sum)$/, ''))
      assert.ok(row !== undefined, `${metric} is not in the catalogue`)
      for (const label of row.labels) known.add(label)
      for (const [, label = ''] of matchers.matchAll(/(\w+)(?:=~|=|!=|!~)"/g)) assert.ok([...row.labels, ...scraped].includes(label), `${metric} has no label ${label}`)
      assert.match(matchers, /namespace="shop",app="shop"/)
    }
    for (const [, by = ''] of expr.matchAll(/by \(([^)]*)\)/g)) {
      for (const label of by.split(/, ?/)) assert.ok(known.has(label), `nothing asked for has a label ${label}`)
    }
    assert.doesNotMatch(expr, /\$/)
  })
}

test('every legend names labels that its query keeps', () => {
  for (const { rows } of [appDashboard]) {
    for (const { expr, legend } of rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries))) {
      const kept = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, by = '']) => by.split(/, ?/))
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g)) assert.ok(kept.includes(label), `${legend}: ${expr}`)
    }
  }
})

test('panels do not overlap, and ids are unique', () => {
  const { panels } = grafanaDashboard(appDashboard) as { panels: Array<{ id: number, gridPos: { x: number, y: number, w: number, h: number } }> }
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  const taken = new Set<string>()
  for (const { gridPos: { x, y, w, h } } of panels) {
    assert.ok(x + w <= 24)
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        assert.ok(!taken.has(`${column},${line}`), `two panels at ${column},${line}`)
        taken.add(`${column},${line}`)
      }
    }
  }
})
