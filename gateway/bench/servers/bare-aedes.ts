// The MQTT yardstick: an aedes broker as it comes, without a subscriber. Argument: the port.
import { createServer } from 'node:net'
import { Aedes } from 'aedes'

const broker = await Aedes.createBroker()
process.on('SIGTERM', () => process.exit(0))
createServer(broker.handle).listen(Number(process.argv[2]), '127.0.0.1')
