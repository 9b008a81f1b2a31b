// The HTTP yardstick: Fastify with one route that does nothing. Argument: the port.
import Fastify from 'fastify'

const app = Fastify()
app.get('/ping/:name', (_request, reply) => {
  reply.send('OK')
})
process.on('SIGTERM', () => process.exit(0))
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
