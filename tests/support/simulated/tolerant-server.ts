import { ModelServer, type Reading, type WireReply, type WireRequest } from '../model-server.ts'

/** A server that lets in an access token until its own end, whatever is refreshed meanwhile. */
export class TolerantServer extends ModelServer {
  /** The newest access token of each session that is dead, by its turn. */
  readonly #dead = new Map<number, number>()
  readonly #known = new Set<number>()

  override expire(): void {
    super.expire()
    for (const id of this.#known) this.#dead.set(id, this.ownerOf(`AT-${id}-1`)?.turn ?? 0)
  }

  override receive(request: WireRequest, reading?: Reading): WireReply {
    const { authorization } = request
    const grant = authorization ? this.ownerOf(authorization.replace('Bearer ', '')) : null
    if (!grant) return super.receive(request, reading)
    this.#known.add(grant.id)
    const isDead = Number(authorization?.split('-').at(-1)) <= (this.#dead.get(grant.id) ?? 0)
    return super.receive(
      { ...request, authorization: `Bearer AT-${grant.id}-${isDead ? 0 : grant.turn}` },
      reading,
    )
  }
}
