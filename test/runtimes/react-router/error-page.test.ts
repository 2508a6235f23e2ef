// The page of an error in development.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorPage } from '../../../src/runtimes/react-router/error-page.ts'

test('it shows the error over Vite\'s client, below the base, and no word of it is HTML', () => {
  const page = errorPage({ message: '</script><b>bold', frame: '1 | <p>', stack: undefined }, '/shop')
  assert.match(page, /await import\("\/shop\/@vite\/client"\)/)
  assert.ok(!page.includes('<b>') && !page.includes('<p>'), page)
  const error = /const error = (.*)/.exec(page)?.[1] ?? ''
  assert.deepEqual(JSON.parse(error), { message: '</script><b>bold', stack: '', frame: '1 | <p>' })
})
