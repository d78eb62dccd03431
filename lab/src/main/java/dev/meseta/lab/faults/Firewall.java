package dev.meseta.lab.faults;

import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import java.util.ArrayList;
import java.util.List;

/** Cuts addresses of this machine off: packets to and from them vanish, and nobody is told. Gone when closed. */
final class Firewall implements AutoCloseable {

    private final String table;

    /** @param number unique on this machine */
    Firewall(int number) {
        this.table = "meseta_faults_" + number;
        remove();
        nft("add", "table", "inet", table);
        nft("add", "set", "inet", table, "cut", "{ type ipv4_addr . inet_service; }");
        nft("add", "chain", "inet", table, "output", "{ type filter hook output priority 0; }");
        nft("add", "rule", "inet", table, "output", "ip", "daddr", ".", "tcp", "dport", "@cut", "drop");
        nft("add", "rule", "inet", table, "output", "ip", "saddr", ".", "tcp", "sport", "@cut", "drop");
    }

    void cut(String address, int port) {
        nft("add", "element", "inet", table, "cut", element(address, port));
    }

    void mend(String address, int port) {
        // Adding first makes the removal work for what is not cut.
        cut(address, port);
        nft("delete", "element", "inet", table, "cut", element(address, port));
    }

    void mendAll() {
        nft("flush", "set", "inet", table, "cut");
    }

    @Override
    public void close() {
        remove();
    }

    private void remove() {
        if (Programs.run(List.of("nft", "list", "table", "inet", table)).succeeded()) {
            nft("delete", "table", "inet", table);
        }
    }

    private static String element(String address, int port) {
        return "{ %s . %d }".formatted(address, port);
    }

    private static void nft(String... arguments) {
        List<String> command = new ArrayList<>(List.of("nft"));
        command.addAll(List.of(arguments));
        ProgramResult result = Programs.run(command);
        result.orThrow();
    }
}
