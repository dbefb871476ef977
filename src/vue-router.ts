/** @ts-ignore vue-router is an optional peer: where it is missing, these types are `any` */
export type { RouteLocation, RouteLocationNormalized, RouteLocationRaw, Router } from 'vue-router'
