import { metrics as api } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterEach, expect, test } from 'vitest'
import { openTelemetryMetrics } from './opentelemetry.ts'

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const provider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
})

afterEach(async () => {
  api.disable()
  await provider.shutdown()
})

test('counts and durations arrive at the registered provider, durations in seconds', async () => {
  api.setGlobalMeterProvider(provider)
  const metrics = await openTelemetryMetrics()
  metrics.count('requests', { request: 'trader', outcome: 'answered' })
  metrics.count('requests', { request: 'trader', outcome: 'answered' })
  metrics.count('requests', { request: 'trader', outcome: 'refused' })
  metrics.count('drops', { stream: 'quotes' })
  metrics.record('roundTrip', 42, { request: 'trader' })
  await provider.forceFlush()
  const found = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .filter(({ scope }) => scope.name === 'ctrader-open-api')
    .flatMap((scope) => scope.metrics)
  const requests = found.find(({ descriptor }) => descriptor.name === 'ctrader.requests')
  expect(requests?.dataPoints.map(({ attributes, value }) => [attributes, value])).toEqual([
    [{ 'ctrader.request': 'trader', 'ctrader.outcome': 'answered' }, 2],
    [{ 'ctrader.request': 'trader', 'ctrader.outcome': 'refused' }, 1],
  ])
  const drops = found.find(({ descriptor }) => descriptor.name === 'ctrader.stream.drops')
  expect(drops?.dataPoints.map(({ attributes, value }) => [attributes, value])).toEqual([
    [{ 'ctrader.stream': 'quotes' }, 1],
  ])
  const roundTrip = found.find(({ descriptor }) => descriptor.name === 'ctrader.request.round_trip')
  expect(roundTrip?.descriptor.unit).toBe('s')
  expect(roundTrip?.dataPoints).toMatchObject([
    { attributes: { 'ctrader.request': 'trader' }, value: { count: 1, sum: 0.042 } },
  ])
})
