package dev.meseta.agent.flows;

import java.util.Arrays;
import java.util.Optional;

/**
 * A place between two batches, with everything that was counted until there: the difference of two places says what lies
 * between them, whether it is still kept or not.
 *
 * @param batches number of the batch before
 * @param records how many were made, given out or not
 * @param withoutRoom packets, as in {@link FlowLosses}
 * @param unreadable packets, as in {@link FlowLosses}
 */
record FlowPosition(long batches, long records, long withoutRoom, long unreadable) {

    private static final int NUMBERS = 4;

    static final FlowPosition BEGIN = new FlowPosition(0, 0, 0, 0);

    /** @param numbering which this place is in */
    String token(String numbering) {
        return numbering + ":" + batches + ":" + records + ":" + withoutRoom + ":" + unreadable;
    }

    /** Empty when it is of another numbering, or no token. */
    static Optional<FlowPosition> parse(String token, String numbering) {
        String prefix = numbering + ":";
        if (!token.startsWith(prefix)) {
            return Optional.empty();
        }
        String[] numbers = token.substring(prefix.length()).split(":");
        if (numbers.length != NUMBERS || !Arrays.stream(numbers).allMatch(number -> number.matches("\\d{1,18}"))) {
            return Optional.empty();
        }
        return Optional.of(new FlowPosition(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]),
                Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3])));
    }
}
