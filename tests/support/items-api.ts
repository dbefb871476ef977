/** An API of one operation, which wants a bearer token. */
export const itemsApi = {
  openapi: '3.0.3' as const,
  info: { title: 'Items', version: '1.0.0' },
  servers: [{ url: 'https://api.example' }],
  security: [{ bearer: [] }],
  components: { securitySchemes: { bearer: { type: 'http' as const, scheme: 'bearer' } } },
  paths: {
    '/items/{id}': {
      get: {
        operationId: 'getItem',
        parameters: [
          { name: 'id', in: 'path' as const, required: true, schema: { type: 'string' as const } },
        ],
        responses: {
          200: {
            description: 'An item',
            content: {
              'application/json': {
                schema: {
                  type: 'object' as const,
                  required: ['path', 'session'],
                  properties: {
                    path: { type: 'string' as const },
                    session: { type: 'integer' as const },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
}
