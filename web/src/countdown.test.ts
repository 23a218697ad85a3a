import {expect, test} from 'vitest';

import {describeCountdown, formatCountdown, secondsLeft} from './countdown';
import {linkToStore, parseRoom} from './router';

test('seconds are rounded up and end at 0', () => {
  expect(secondsLeft(60, 1000, 1000)).toBe(60);
  expect(secondsLeft(60, 1000, 1999)).toBe(60);
  expect(secondsLeft(60, 1000, 2000)).toBe(59);
  expect(secondsLeft(60, 1000, 61_001)).toBe(0);
  expect(secondsLeft(60, 1000, 600_000)).toBe(0);
});

test('a countdown reads like a clock', () => {
  expect(formatCountdown(3600)).toBe('1:00:00');
  expect(formatCountdown(3547)).toBe('59:07');
  expect(formatCountdown(0)).toBe('00:00');
  expect(describeCountdown(3547)).toBe('59 minutes');
  expect(describeCountdown(60)).toBe('1 minute');
  expect(describeCountdown(59)).toBe('under a minute');
});

test('a room and its link lead to each other', () => {
  expect(parseRoom(linkToStore('my-shop'))).toEqual({name: 'store', handle: 'my-shop'});
  expect(parseRoom(linkToStore('<b>&"/'))).toEqual({name: 'store', handle: '<b>&"/'});
  for (const hash of ['', '#/', '#/stores', '#/stores/', '#/stores/a/b', '#/stores/%E0%A4%A']) {
    expect(parseRoom(hash)).toEqual({name: 'stores'});
  }
});
