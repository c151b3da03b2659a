import type { HostTask, Ns } from '@lithos/core';

const NO_TASK: HostTask = { run: () => {} };

/** Tasks by time, and by order of arrival at one time. A binary heap in columns: no object per entry. */
export class TaskHeap {
  length = 0;
  private times = new Float64Array(256);
  private order = new Float64Array(256);
  private args = new Float64Array(256);
  private tasks: HostTask[] = new Array<HostTask>(256).fill(NO_TASK);
  private added = 0;

  /** When the next task is due; Infinity if there is none. */
  get nextNs(): Ns {
    return this.length === 0 ? Number.POSITIVE_INFINITY : (this.times[0] as number);
  }

  push(at: Ns, task: HostTask, arg: number): void {
    if (this.length === this.times.length) this.grow();
    let hole = this.length++;
    const order = this.added++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if ((this.times[parent] as number) <= at) break;
      this.move(parent, hole);
      hole = parent;
    }
    this.times[hole] = at;
    this.order[hole] = order;
    this.args[hole] = arg;
    this.tasks[hole] = task;
  }

  /** Takes the next task off, and then runs it. */
  runNext(): void {
    const task = this.tasks[0] as HostTask;
    const arg = this.args[0] as number;
    const last = --this.length;
    let hole = 0;
    for (let child = 1; child < last; child = 2 * hole + 1) {
      if (child + 1 < last && this.before(child + 1, child)) child += 1;
      if (!this.before(child, last)) break;
      this.move(child, hole);
      hole = child;
    }
    this.move(last, hole);
    this.tasks[last] = NO_TASK;
    task.run(arg);
  }

  private before(a: number, b: number): boolean {
    const difference = (this.times[a] as number) - (this.times[b] as number);
    return (
      difference < 0 || (difference === 0 && (this.order[a] as number) < (this.order[b] as number))
    );
  }

  private move(from: number, to: number): void {
    this.times[to] = this.times[from] as number;
    this.order[to] = this.order[from] as number;
    this.args[to] = this.args[from] as number;
    this.tasks[to] = this.tasks[from] as HostTask;
  }

  private grow(): void {
    const double = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(column.length * 2);
      grown.set(column);
      return grown;
    };
    this.times = double(this.times);
    this.order = double(this.order);
    this.args = double(this.args);
    this.tasks = [...this.tasks, ...new Array<HostTask>(this.tasks.length).fill(NO_TASK)];
  }
}
