// The GraphQL side: one query, one subscription.
import { GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { screenings } from './data.ts'
import { seatChanges, seatsLeft, type Seats } from './seats.ts'

const seats = new GraphQLObjectType({
  name: 'Seats',
  fields: {
    screening: { type: new GraphQLNonNull(GraphQLString) },
    left: { type: new GraphQLNonNull(GraphQLInt) }
  }
})

export const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      seats: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(seats))),
        resolve: (): Seats[] => screenings.map(({ id }) => ({ screening: id, left: seatsLeft(id) }))
      }
    }
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      seats: {
        type: new GraphQLNonNull(seats),
        subscribe: () => {
          const gone = new AbortController()
          const changes = seatChanges(gone.signal)
          const end = changes.return.bind(changes)
          // A generator that waits hears of its end only when it goes on: the signal wakes it.
          changes.return = (value) => {
            gone.abort()
            return end(value)
          }
          return changes
        },
        resolve: (change: Seats) => change
      }
    }
  })
})
