import { onScopeDispose } from 'vue'
import { ENTRANTS } from './entrants.ts'
import { type Lane, createLane, prepare, resetLane, run } from './lane.ts'
import { openTabChannel } from './tab-channel.ts'

/** The comparison, as the second tab sees it: it does its half of what the first one begins. */
export function useSecondTab(name: string): Lane[] {
  const lanes = ENTRANTS.map(createLane)
  const channel = openTabChannel(name)
  const laneOf = (id: string) => lanes.find(({ entrant }) => entrant.id === id)

  channel.on(async (message) => {
    const lane = 'entrant' in message && laneOf(message.entrant)
    if (!lane) return
    if (message.type === 'prepare') {
      if (lane.entrant === ENTRANTS[0]) lanes.forEach(resetLane)
      await prepare(lane, { baseURL: message.baseURL, tabs: 2 })
      channel.say({ type: 'ready', entrant: lane.entrant.id })
    } else if (message.type === 'go') {
      await run(lane, message.share)
      lane.isSignedIn = lane.started?.isSignedIn() ?? false
      lane.state = 'done'
      channel.say({ type: 'done', entrant: lane.entrant.id, answered: lane.answered, lost: lane.lost })
    }
  })

  const leave = () => channel.say({ type: 'bye' })
  channel.say({ type: 'hello' })
  addEventListener('pagehide', leave)
  onScopeDispose(() => {
    removeEventListener('pagehide', leave)
    leave()
    channel.close()
    lanes.forEach(resetLane)
  })
  return lanes
}
