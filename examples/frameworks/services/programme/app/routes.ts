import { index, route, type RouteConfig } from '@react-router/dev/routes'

export default [index('routes/films.tsx'), route('films/:id', 'routes/film.tsx')] satisfies RouteConfig
