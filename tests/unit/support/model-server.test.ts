import { describe, expect, it } from 'vitest'
import { ModelServer, type WireReply } from '../../support/model-server.ts'

const refresh = (server: ModelServer, token: string, reading?: 'keeps') =>
  server.receive(
    { path: '/auth/refresh', authorization: null, body: JSON.stringify({ refresh_token: token }) },
    reading,
  )

const get = (server: ModelServer, access: string, path = '/items/1?want=ok') =>
  server.receive({ path, authorization: `Bearer ${access}`, body: '' })

const bodyOf = ({ body }: WireReply): unknown => JSON.parse(body)

describe('the model server', () => {
  it('trades a refresh token for the next pair, which ends the access token before it', () => {
    const server = new ModelServer(null)
    expect(server.grant('ada')).toMatchObject({ access_token: 'AT-1-1', refresh_token: 'RT-1-1' })
    expect(bodyOf(refresh(server, 'RT-1-1'))).toMatchObject({
      access_token: 'AT-1-2',
      refresh_token: 'RT-1-2',
    })
    expect(get(server, 'AT-1-1').status).toBe(401)
    expect(get(server, 'AT-1-2').status).toBe(200)
  })

  it('revokes the session of a spent refresh token that comes again, and counts it', () => {
    const server = new ModelServer(null)
    const reuses: string[] = []
    server.onReuse = (token) => reuses.push(token)
    server.grant('ada')
    refresh(server, 'RT-1-1')
    expect(refresh(server, 'RT-1-1').status).toBe(400)
    expect(reuses).toEqual(['RT-1-1'])
    expect(refresh(server, 'RT-1-2').status).toBe(400)
    expect(get(server, 'AT-1-2').status).toBe(401)
  })

  it('takes a refresh token again that it did not replace', () => {
    const server = new ModelServer(null)
    server.onReuse = () => expect.unreachable()
    server.grant('ada')
    expect(bodyOf(refresh(server, 'RT-1-1', 'keeps'))).not.toHaveProperty('refresh_token')
    expect(refresh(server, 'RT-1-1').status).toBe(200)
  })

  it('keeps sessions apart', () => {
    const server = new ModelServer(null)
    server.grant('ada')
    server.grant('bob')
    expect(get(server, 'AT-2-1').status).toBe(200)
    expect(server.ownerOf('RT-2-1')?.name).toBe('bob')
    refresh(server, 'RT-1-1')
    refresh(server, 'RT-1-1')
    expect(get(server, 'AT-2-1').status).toBe(200)
  })
})
