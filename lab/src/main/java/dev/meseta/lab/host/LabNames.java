package dev.meseta.lab.host;

/**
 * All names and addresses of one lab. Interface names stay within the 15 characters the kernel allows.
 *
 * @param number 0 to 40, unique on this machine
 */
record LabNames(int number) {

    static final int HIGHEST_HOST = 200;

    String bridge() {
        return "ml" + number + "-br";
    }

    /** The overlay's end in the manager's own namespace. */
    String gateway() {
        return "ml" + number + "-gw";
    }

    String firewallTable() {
        return "meseta_lab_" + number;
    }

    String namespace(int host) {
        return namespacePrefix() + host;
    }

    String namespacePrefix() {
        return "ml" + number + "-host-";
    }

    /** The lab's end of a host's cable. */
    String cable(int host) {
        return "ml" + number + "-h" + host;
    }

    String delayBridge(int host) {
        return "ml" + number + "-d" + host;
    }

    /** The delay's end towards the host. */
    String delayNear(int host) {
        return "ml" + number + "-n" + host;
    }

    /** The delay's end towards the lab's bridge. */
    String delayFar(int host) {
        return "ml" + number + "-f" + host;
    }

    String interfacePrefix() {
        return "ml" + number + "-";
    }

    /** Where the manager listens, and the overlay's external endpoint. */
    String managerAddress() {
        return "10.%d.0.1".formatted(200 + number);
    }

    String address(int host) {
        return "10.%d.0.%d".formatted(200 + number, 10 + host);
    }

    String hardwareAddress(int host) {
        return "02:6d:6c:%02x:00:%02x".formatted(number, host);
    }

    String overlaySubnet() {
        return "10.%d.0.0/16".formatted(150 + number);
    }

    /** Near the end of the subnet: the manager gives addresses from its beginning. */
    String overlayGatewayAddress() {
        return "10.%d.255.254".formatted(150 + number);
    }

    /** For a guest that Meseta knows nothing of; with prefix length. */
    String spareOverlayAddress() {
        return "10.%d.255.250/16".formatted(150 + number);
    }

    /** A VNI can be used once in a network namespace, and all gateways of a machine share one. */
    int overlayVni() {
        return 10_000 + number;
    }

    /** Inner frames fit into the lab's 1500-byte frames with 50 bytes of VXLAN around them. */
    int overlayMtu() {
        return 1450;
    }
}
