/** @ts-ignore msw is an optional peer: where it is missing, these types are `any` */
export type { RequestHandler } from 'msw'
