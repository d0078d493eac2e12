import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Concurrency, type ConcurrencySlot } from './concurrency.ts';

const LIMITS = { running: 3, waiting: 5 };

test('Tasks of a key start in order, never more than the limit at a time, and never after they have left.', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b'), leave: fc.option(fc.nat(20), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const concurrency = new Concurrency(LIMITS);
      const tasks: {
        key: string;
        n: number;
        place: ConcurrencySlot | undefined;
        hasLeft: boolean;
        hasStarted: boolean;
      }[] = [];
      const present = (key: string) => tasks.filter((task) => task.key === key && task.place && !task.hasLeft);
      for (const { key, leave } of steps) {
        const task = {
          key,
          n: tasks.length,
          place: undefined as ConcurrencySlot | undefined,
          hasLeft: false,
          hasStarted: false,
        };
        const others = present(key).length;
        tasks.push(task);
        task.place = concurrency.enter(key, () => {
          expect(task.hasLeft || task.hasStarted).toBe(false);
          task.hasStarted = true;
        });
        expect(task.place !== undefined).toBe(others < LIMITS.running + LIMITS.waiting);
        const leaving = leave === undefined ? undefined : tasks[leave];
        if (leaving) {
          leaving.hasLeft = true;
          leaving.place?.leave();
          leaving.place?.leave();
        }
        for (const name of ['a', 'b']) {
          const all = present(name);
          // The oldest tasks run, and the others wait.
          expect(all.map(({ hasStarted }) => hasStarted)).toEqual(all.map((_, i) => i < LIMITS.running));
        }
      }
    }),
  );
});
