/**
 * libzmq's lb_t and fq_t (src/lb.cpp, src/fq.cpp) over plain names: what Rotation must do, without its tricks.
 */
export class Turns {
  readonly names: number[] = [];
  active = 0;
  current = 0;

  attach(name: number): void {
    this.names.push(name);
    this.activated(name);
  }

  activated(name: number): void {
    const index = this.names.indexOf(name);
    if (index < this.active) return;
    this.#swap(index, this.active);
    this.active++;
  }

  terminated(name: number): void {
    const index = this.names.indexOf(name);
    if (index < this.active) {
      this.active--;
      this.#swap(index, this.active);
      if (this.current === this.active) this.current = 0;
    }
    // array_t::erase: the last one takes its place.
    this.#swap(this.names.indexOf(name), this.names.length - 1);
    this.names.pop();
  }

  /** Who is first in turn to be `able`; those who are not rest. With `take`, the turn passes on. */
  first(able: (name: number) => boolean, take: boolean): number | undefined {
    while (this.active > 0) {
      const name = this.names[this.current] as number;
      if (able(name)) {
        if (take) this.current = (this.current + 1) % this.active;
        return name;
      }
      this.active--;
      this.#swap(this.current, this.active);
      if (this.current === this.active) this.current = 0;
    }
    return undefined;
  }

  resting(name: number): boolean {
    return this.names.indexOf(name) >= this.active;
  }

  #swap(a: number, b: number): void {
    const first = this.names[a] as number;
    this.names[a] = this.names[b] as number;
    this.names[b] = first;
  }
}
