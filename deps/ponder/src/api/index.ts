import { Hono } from "hono";
import { count } from "ponder";
import { db } from "ponder:api";
import { events } from "ponder:schema";

const app = new Hono();

// How many rows there are: what the benchmark compares with ours.
app.get("/rows", async (c) => {
  const [row] = await db.select({ rows: count() }).from(events);

  return c.json(row);
});

export default app;
