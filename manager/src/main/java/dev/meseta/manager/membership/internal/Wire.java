package dev.meseta.manager.membership.internal;

import java.util.function.Consumer;

/** Carries bytes to all other members there are at this moment. */
interface Wire {

    /** Whether anybody would get them. */
    boolean isConnected();

    /** Does not wait for anybody to receive it. */
    void send(byte[] message);

    /** @param receiver called one message after the other, also with this member's own */
    void onReceive(Consumer<byte[]> receiver);
}
