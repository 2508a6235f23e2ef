// Answers from outside, and asks `api` in the same process.
import { createServer } from 'node:http'

createServer(async (request, response) => {
  const answer = await fetch('http://api.plt.local/greeting')
  const { greeting } = await answer.json()
  response.end(`${greeting}\n`)
}).listen(3000)
