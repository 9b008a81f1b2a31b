// Another process that opens a data folder, commits one fact, says so, and then does nothing.
import { groupOf, StoreRoom } from './ledger-store.stage.ts'

const room = new StoreRoom(process.argv[2])
const refused = await room.open()
if (refused === undefined) await room.commit(groupOf(room.next))
console.log(refused ?? 'open')
