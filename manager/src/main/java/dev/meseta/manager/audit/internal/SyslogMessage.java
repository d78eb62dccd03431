package dev.meseta.manager.audit.internal;

/**
 * The frame of a message by RFC 5424, without structured data, whose names would need a private enterprise number. The text is
 * UTF-8 without a byte order mark, which readers of CEF and JSON would stumble over.
 */
final class SyslogMessage {

    /** Facility 13, "log audit". */
    private static final int FACILITY = 13 * 8;

    private static final int LONGEST_HOST_NAME = 255;

    private SyslogMessage() {}

    static String of(RecordLine record, String hostName, String text) {
        return "<%d>1 %s %s meseta - audit - %s"
                .formatted(FACILITY + severity(record.outcome()), record.at(), printable(hostName), text);
    }

    /** 3 error, 4 warning, 5 notice. */
    private static int severity(String outcome) {
        return switch (outcome) {
            case "SUCCESS" -> 5;
            case "REFUSED" -> 4;
            default -> 3;
        };
    }

    private static String printable(String name) {
        String clean = name.replaceAll("[^\\x21-\\x7e]", "");
        if (clean.isEmpty()) {
            return "-";
        }
        return clean.length() <= LONGEST_HOST_NAME ? clean : clean.substring(0, LONGEST_HOST_NAME);
    }
}
