import express from 'express'

const app = express()
app.get('/', (request, response) => { response.json({ hello: 'Hello', words: ['one', 'two', 'three'] }) })
app.listen(process.env.PORT ?? 3000)
