// The stream: one connection that brings the moment and what changed. It rests while
// nobody looks at the page.

const retryAfter = 3000;

/** Opens the stream at url and calls on.status, on.panel, on.annotations with what
 *  comes, and on.connection with connecting, live, paused or lost. */
export class Live {
  constructor(url, on) {
    this.url = url;
    this.on = on;
    this.visible = () => (document.hidden ? this.pause() : this.open());
    document.addEventListener('visibilitychange', this.visible);
    this.open();
  }

  open() {
    if (this.source || document.hidden) return;
    this.on.connection('connecting');
    this.source = new EventSource(this.url);
    this.source.onopen = () => this.on.connection('live');
    for (const name of ['status', 'panel', 'annotations']) {
      this.source.addEventListener(name, (event) => this.on[name](JSON.parse(event.data)));
    }
    this.source.onerror = () => {
      // The browser's own retry gives up on an error answer, and does not say what
      // the answer was: ask once more by fetch.
      const refused = this.source.readyState === EventSource.CLOSED;
      this.drop();
      this.on.connection('lost');
      if (refused) this.why();
      this.timer = setTimeout(() => this.open(), retryAfter);
    };
  }

  async why() {
    try {
      const stop = new AbortController();
      const answer = await fetch(this.url, { signal: stop.signal });
      if (answer.ok) stop.abort();
      else this.on.connection('refused', (await answer.json()).error);
    } catch {
      // Nobody answers: lost says it.
    }
  }

  drop() {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.timer);
  }

  pause() {
    this.drop();
    this.on.connection('paused');
  }

  close() {
    this.drop();
    document.removeEventListener('visibilitychange', this.visible);
  }
}
