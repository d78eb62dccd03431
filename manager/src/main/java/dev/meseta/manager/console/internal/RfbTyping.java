package dev.meseta.manager.console.internal;

import java.nio.charset.StandardCharsets;

/**
 * Tells what a person does from what a VNC viewer sends by itself: viewers ask for the next picture all the time, also when
 * nobody sits in front of them. Reads the client's side of RFB (RFC 6143, 7.1 to 7.5, and the extensions that viewers use
 * with QEMU). From a message that it does not know onwards, everything counts as a person's.
 */
final class RfbTyping {

    private static final int VERSION_BYTES = 12;
    private static final int CHALLENGE_RESPONSE_BYTES = 16;
    private static final byte VNC_AUTHENTICATION = 2;
    private static final String WITHOUT_CHOICE_OF_SECURITY = "RFB 003.003\n";
    private static final int MOST_HEADER_BYTES = 20;

    private enum Stage {
        VERSION,
        SECURITY,
        CHALLENGE,
        INITIALISATION,
        MESSAGES,
        UNKNOWN
    }

    private final byte[] header = new byte[MOST_HEADER_BYTES];
    private int read;
    private long toSkip;
    private Stage stage = Stage.VERSION;

    /**
     * Takes the next bytes of the viewer, in order, however they are cut.
     *
     * @return whether keys, the pointer or the clipboard were among them
     */
    boolean isByAPerson(byte[] bytes) {
        boolean person = false;
        int at = 0;
        while (at < bytes.length) {
            if (stage == Stage.UNKNOWN) {
                return true;
            }
            if (toSkip > 0) {
                int skipped = (int) Math.min(toSkip, bytes.length - at);
                toSkip -= skipped;
                at += skipped;
                continue;
            }
            header[read++] = bytes[at++];
            person |= headerGrew();
        }
        return person;
    }

    private boolean headerGrew() {
        switch (stage) {
            case VERSION -> {
                if (read == VERSION_BYTES) {
                    String version = new String(header, 0, read, StandardCharsets.US_ASCII);
                    enter(version.equals(WITHOUT_CHOICE_OF_SECURITY) ? Stage.INITIALISATION : Stage.SECURITY);
                }
            }
            case SECURITY -> enter(header[0] == VNC_AUTHENTICATION ? Stage.CHALLENGE : Stage.INITIALISATION);
            case CHALLENGE -> {
                if (read == CHALLENGE_RESPONSE_BYTES) {
                    enter(Stage.INITIALISATION);
                }
            }
            case INITIALISATION -> enter(Stage.MESSAGES);
            case MESSAGES -> {
                return messageGrew();
            }
            case UNKNOWN -> throw new IllegalStateException("nothing is read any more");
        }
        return false;
    }

    private void enter(Stage next) {
        stage = next;
        read = 0;
    }

    /** Ends a message whose length is known by now; what is left of it is skipped. */
    private boolean messageGrew() {
        int type = header[0] & 0xff;
        switch (type) {
            case 0 -> ends(20, 0); // SetPixelFormat
            case 2 -> ends(4, read < 4 ? 0 : 4L * unsignedShort(2)); // SetEncodings
            case 3 -> ends(10, 0); // FramebufferUpdateRequest
            case 4, 5 -> { // KeyEvent: 8 bytes, PointerEvent: 6
                return ends(type == 4 ? 8 : 6, 0);
            }
            case 6 -> { // ClientCutText; of a negative length in the extended form
                return ends(8, read < 8 ? 0 : Math.abs((long) signedInt(4)));
            }
            case 150 -> ends(10, 0); // EnableContinuousUpdates
            case 248 -> ends(9, read < 9 ? 0 : header[8] & 0xff); // ClientFence
            case 251 -> ends(8, read < 8 ? 0 : 16L * (header[6] & 0xff)); // SetDesktopSize
            case 255 -> { // QEMU: an extended KeyEvent, or sound on and off
                if (read >= 2 && header[1] == 0) {
                    return ends(12, 0);
                }
                if (read >= 4) {
                    ends(unsignedShort(2) == 2 ? 10 : 4, 0);
                }
            }
            default -> {
                stage = Stage.UNKNOWN;
                return true;
            }
        }
        return false;
    }

    private boolean ends(int headerBytes, long more) {
        if (read < headerBytes) {
            return false;
        }
        toSkip = more;
        read = 0;
        return true;
    }

    private int unsignedShort(int at) {
        return (header[at] & 0xff) << 8 | (header[at + 1] & 0xff);
    }

    private int signedInt(int at) {
        return unsignedShort(at) << 16 | unsignedShort(at + 2);
    }
}
