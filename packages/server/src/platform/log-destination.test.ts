import { describe, expect, test, vi } from 'vitest';
import { LogDestination } from './log-destination.ts';

const LINE = `${'x'.repeat(99)}\n`;

/** File with limited space, whose writes complete when the test completes them. */
class Disk {
  room = Number.POSITIVE_INFINITY;
  content = '';
  code = 'ENOSPC';
  #pending: (() => void)[] = [];

  readonly write = (_fd: number, bytes: Buffer, done: (error: Error | null, written: number) => void): void => {
    this.#pending.push(() => {
      const written = this.#take(bytes);
      if (written > 0) done(null, written);
      else done(this.#error(), 0);
    });
  };

  readonly writeSync = (_fd: number, bytes: Buffer): number => {
    const written = this.#take(bytes);
    if (written === 0) throw this.#error();
    return written;
  };

  /** Completes pending writes until none is left. */
  answer(): void {
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) next();
  }

  #take(bytes: Buffer): number {
    const written = Math.min(bytes.length, this.room);
    this.room -= written;
    this.content += bytes.subarray(0, written).toString();
    return written;
  }

  #error(): Error {
    return Object.assign(new Error(this.code), { code: this.code });
  }
}

function opened(room?: number) {
  const disk = new Disk();
  disk.room = room ?? disk.room;
  return { disk, log: new LogDestination({ fd: 1, write: disk.write, writeSync: disk.writeSync }) };
}

describe('A log destination', () => {
  test('Lines are written in order, and flush calls back when they are written.', () => {
    const { disk, log } = opened();
    const flushed = vi.fn();
    for (const line of ['a\n', 'b\n', 'c\n']) log.write(line);
    log.flush(flushed);
    expect(flushed).not.toHaveBeenCalled();
    disk.answer();
    expect([disk.content, flushed.mock.calls.length]).toEqual(['a\nb\nc\n', 1]);
  });

  test('After a full disk, writing continues at the byte where a line was cut off.', () => {
    vi.useFakeTimers();
    const { disk, log } = opened(150);
    for (let i = 0; i < 3; i += 1) log.write(LINE);
    disk.answer();
    expect(disk.content).toHaveLength(150);
    const flushed = vi.fn();
    log.flush(flushed);
    expect(flushed).toHaveBeenCalledTimes(1);
    disk.room = Number.POSITIVE_INFINITY;
    vi.advanceTimersByTime(1_000);
    disk.answer();
    expect(disk.content).toBe(LINE.repeat(3));
    vi.useRealTimers();
  });

  test('On a full disk 4 MiB of lines are kept, and the number of dropped lines is logged.', () => {
    vi.useFakeTimers();
    const { disk, log } = opened(0);
    log.write(LINE);
    disk.answer();
    for (let i = 0; i < 50_000; i += 1) log.write(LINE);
    disk.room = Number.POSITIVE_INFINITY;
    vi.advanceTimersByTime(1_000);
    disk.answer();
    const lines = disk.content.split('\n');
    const dropped = JSON.parse(lines.at(-2) ?? '');
    expect(dropped).toMatchObject({ level: 'warn', event: 'log_lines_dropped' });
    expect(lines.length - 2 + dropped.count).toBe(50_001);
    expect(disk.content.length).toBeLessThan(4_300_000);
    vi.useRealTimers();
  });

  test.each(['ENOSPC', 'EIO', 'EAGAIN', 'EPIPE'])('A write that fails with %s lets the process end.', (code) => {
    const { disk, log } = opened(0);
    disk.code = code;
    log.write(LINE);
    disk.answer();
    log.write(LINE);
    log.flushSync();
    expect(disk.content).toBe('');
  });

  test('The last lines are written before the process ends.', () => {
    const { disk, log } = opened(130);
    log.write(LINE);
    disk.answer();
    log.write(LINE);
    disk.answer();
    log.write('last\n');
    disk.room = Number.POSITIVE_INFINITY;
    log.flushSync();
    expect(disk.content).toBe(`${LINE}${LINE}last\n`);
  });
});
