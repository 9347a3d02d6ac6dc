import { assert, assertEquals } from "@std/assert";
import {
  RingConsumer,
  ringMemory,
  RingProducer,
} from "../../../verify/beside/ring.ts";

function makeRing() {
  const memory = ringMemory(8);
  return {
    producer: new RingProducer(memory),
    consumer: new RingConsumer(memory),
  };
}

/** Publishes one byte; false when the ring is full. */
function put(producer: RingProducer, value: number): boolean {
  const slot = producer.slot();
  if (slot === undefined) return false;
  slot[0] = value;
  producer.publish(1, value + 1);
  return true;
}

Deno.test("a ring hands over bytes and tags in order, and no more than fit", () => {
  const { producer, consumer } = makeRing();
  let put1 = 0;
  while (put(producer, put1)) put1++;
  assertEquals(put1, 16);
  for (let value = 0; value < 100; value++) {
    const item = consumer.first();
    assertEquals([...item?.bytes ?? []], [value]);
    assertEquals(item?.tag, value + 1);
    assertEquals(put(producer, 0), false);
    consumer.release();
    assertEquals(put(producer, value + 16), true);
  }
});

Deno.test("a ring is drained when it ended and everything was released", () => {
  const { producer, consumer } = makeRing();
  put(producer, 1);
  assertEquals(consumer.drained, false);
  producer.end();
  assertEquals(consumer.drained, false);
  consumer.release();
  assertEquals(consumer.first(), undefined);
  assertEquals([consumer.drained, producer.failed], [true, false]);
});

Deno.test("a ring that failed stays failed, whatever follows", () => {
  const { producer, consumer } = makeRing();
  consumer.fail();
  assertEquals([producer.failed, consumer.failed], [true, true]);
  producer.end();
  assertEquals(
    [producer.failed, producer.ended, consumer.drained],
    [true, false, false],
  );
});

Deno.test("a wait misses nothing that happened since the look", async () => {
  const { producer, consumer } = makeRing();
  const look = consumer.look();
  put(producer, 1);
  // Would never return, had the wait missed it.
  assertEquals(consumer.block(look), true);
  assertEquals(consumer.block(consumer.look(), 0), false);
  const room = producer.look();
  const waiting = producer.wait(room, 60_000);
  producer.fail();
  assertEquals(await waiting, true);
  assertEquals(await producer.wait(room, 60_000), true);
  assertEquals(await producer.wait(producer.look(), 0), false);
});

Deno.test("a producer is woken before it runs out of slots to wait for", () => {
  const { producer, consumer } = makeRing();
  for (let round = 0; round < 5; round++) {
    while (put(producer, round));
    const look = producer.look();
    let released = 0;
    while (producer.look() === look && released < 16) {
      consumer.release();
      released++;
    }
    assert(producer.look() !== look, `round ${round}: nobody woke it`);
  }
});
