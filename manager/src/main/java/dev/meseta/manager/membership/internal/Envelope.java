package dev.meseta.manager.membership.internal;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What goes over the wire at once.
 *
 * @param sender name of the sender's life
 * @param number counts the sender's envelopes from 1: a gap shows what was lost
 * @param sentAtMillis by the sender's clock, since 1970
 */
record Envelope(String sender, long number, long sentAtMillis, List<Letter> letters) {

    record Letter(String topic, JsonNode message) {}
}
