package dev.meseta.lab.bench;

import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.Await;
import java.time.Duration;
import java.util.List;

/** The plainest way to reach another host's libvirt: two socats. What our control tunnel is measured against. */
final class SocketForwarder implements AutoCloseable {

    private static final String PORT = "16999";

    private final LabHost source;
    private final LabHost target;
    private final String socket;

    SocketForwarder(LabHost source, LabHost target) {
        this.source = source;
        this.target = target;
        this.socket = "/run/raw-forward-" + target.name() + ".sock";
        target.startProgram(
                "raw-forward",
                List.of(
                        "socat",
                        "TCP-LISTEN:" + PORT + ",bind=" + target.address() + ",fork,reuseaddr,nodelay",
                        "UNIX-CONNECT:/run/libvirt/libvirt-sock"));
        source.startProgram(
                "raw-forward",
                List.of(
                        "socat",
                        "UNIX-LISTEN:" + socket + ",fork,mode=600",
                        "TCP:" + target.address() + ":" + PORT + ",nodelay"));
        Await.until(
                "the forwarder to libvirt of " + target.name(),
                Duration.ofSeconds(10),
                () -> source.exec(List.of("virsh", "--connect", connectUri(), "version"))
                        .succeeded());
    }

    /** libvirt URI of the target, as seen on the source. */
    String connectUri() {
        return "qemu+unix:///system?socket=" + socket;
    }

    @Override
    public void close() {
        for (LabHost host : List.of(source, target)) {
            host.kill(host.processes("socat"));
        }
        source.exec("rm", "--force", socket);
    }
}
