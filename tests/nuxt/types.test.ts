import { expect, inject, test } from 'vitest'

test('the app, its pages and its config files are typed', () => {
  expect(inject('nuxtComplaints')).toBe('')
})
