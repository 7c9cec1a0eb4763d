import { expect, it } from 'vitest'
import { pressOf } from './ticket-buttons.ts'

it.each([
  ['pick:K7QM2X:v720', { action: 'pick', ticket: 'K7QM2X', format: 'v720' }],
  ['pick:K7QM2X:a-mp3', { action: 'pick', ticket: 'K7QM2X', format: 'a-mp3' }],
  ['cancel:K7QM2X', { action: 'cancel', ticket: 'K7QM2X' }],
  ['retry:K7QM2XAB', { action: 'retry', ticket: 'K7QM2XAB' }],
  ['keep:K7QM2X', { action: 'keep', ticket: 'K7QM2X' }],
  ['other:K7QM2X', { action: 'other', ticket: 'K7QM2X' }],
])('reads %s', (data, press) => {
  expect(pressOf(data)).toEqual(press)
})

it.each([
  '',
  'cancel',
  'cancel:',
  'cancel:k7qm2x',
  'cancel:K7QM2',
  'cancel:K7QM2X:',
  'cancel:K7QM2X:v720',
  'cancel:K7QM2X\n',
  'cancel:../../x',
  'pick:K7QM2X',
  'pick:K7QM2X:',
  'pick:K7QM2X:v0',
  'pick:K7QM2X:best',
  'pick:K7QM2X:v720:x',
  'cancel_all:K7QM2X',
  'resume:K7QM2X',
  'links:K7QM2X',
  'K7QM2X',
  '__proto__:K7QM2X',
])('does not take %j', (data) => {
  expect(pressOf(data)).toBeNull()
})
