package dev.meseta.lab.bench;

import dev.meseta.lab.host.LabHost;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * A twin of one of Meseta's VMs that only {@code virsh} handles: the same definition but for its name, ids, disk, seed and
 * address. The other side of the benchmarks.
 */
final class RawDomain {

    private static final String NAME = "raw-twin";
    private static final String FOLDER = "/var/lib/libvirt";
    private static final String MAC_ADDRESS = "52:54:00:77:00:01";

    private final String address;
    private final String definition;
    private final String backingImage;
    private final String folder;

    /**
     * @param host where the VM to copy runs now
     * @param address with prefix length, outside the range that Meseta gives out
     */
    RawDomain(LabHost host, UUID vmId, String address) {
        this.address = address;
        this.folder = LabHost.SHARED_STORAGE + "/raw-twin";
        host.exec("mkdir", "--parents", "--mode=0755", folder);
        Document document = parse(host.exec("virsh", "dumpxml", vmId.toString()).output());
        this.backingImage = backingImage(host, document);
        this.definition = twin(document);
        writeSeed(host);
    }

    String name() {
        return NAME;
    }

    /** Without prefix length. */
    String address() {
        return address.substring(0, address.indexOf('/'));
    }

    /** A new thin disk over the same image, then {@code virsh define} and {@code virsh start}. */
    void start(LabHost host) {
        host.exec("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", backingImage, disk());
        host.exec("chown", "libvirt-qemu", disk());
        host.exec("chmod", "0660", disk());
        define(host);
        host.exec("virsh", "--quiet", "start", NAME);
    }

    /** Lets a host keep the definition, so that its statistics of a migration outlive the guest's departure. */
    void define(LabHost host) {
        Path file = host.disk(FOLDER + "/raw-twin.xml");
        try {
            Files.writeString(file, definition);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        host.exec("virsh", "--quiet", "define", FOLDER + "/raw-twin.xml");
    }

    /** Ends it on a host where it may or may not run. */
    void removeFrom(LabHost host) {
        if (host.domains().contains(NAME)) {
            host.exec("virsh", "--quiet", "destroy", NAME);
        }
        host.exec("virsh", "--quiet", "undefine", NAME);
        host.exec("rm", "--force", disk());
    }

    private String disk() {
        return folder + "/disk.qcow2";
    }

    private String seed() {
        return folder + "/seed.iso";
    }

    private void writeSeed(LabHost host) {
        try {
            Path content = Files.createDirectories(host.disk(FOLDER + "/raw-twin-seed"));
            Files.writeString(
                    content.resolve("meta-data"), "instance-id: %s\nlocal-hostname: %s\n".formatted(NAME, NAME));
            Files.writeString(content.resolve("user-data"), "#cloud-config\n");
            Files.writeString(content.resolve("network-config"), """
                    version: 2
                    ethernets:
                      nic0:
                        match:
                          macaddress: "%s"
                        mtu: 1450
                        addresses: ["%s"]
                    """.formatted(MAC_ADDRESS, address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        host.exec(
                "xorriso",
                "-as",
                "mkisofs",
                "-quiet",
                "-output",
                seed(),
                "-volid",
                "cidata",
                "-joliet",
                "-rational-rock",
                FOLDER + "/raw-twin-seed");
        host.exec("chmod", "0644", seed());
    }

    private static String backingImage(LabHost host, Document document) {
        String disk = element(document, "disk", 0, "source").getAttribute("file");
        String info = host.exec("qemu-img", "info", "--force-share", "--output=json", disk)
                .output();
        return tools.jackson.databind.json.JsonMapper.shared()
                .readTree(info)
                .required("full-backing-filename")
                .stringValue();
    }

    private String twin(Document document) {
        text(document, "name", NAME);
        text(document, "uuid", "0e1d5b80-0000-4000-8000-000000000001");
        for (String removed : new String[] {"metadata", "seclabel", "alias", "resource"}) {
            removeAll(document, removed);
        }
        removeAttributes(document);
        element(document, "disk", 0, "source").setAttribute("file", disk());
        element(document, "disk", 1, "source").setAttribute("file", seed());
        ((Element) document.getElementsByTagName("mac").item(0)).setAttribute("address", MAC_ADDRESS);
        StringWriter text = new StringWriter();
        try {
            TransformerFactory.newDefaultInstance()
                    .newTransformer()
                    .transform(new DOMSource(document), new StreamResult(text));
        } catch (TransformerException e) {
            throw new IllegalStateException("cannot write the twin's definition", e);
        }
        return text.toString();
    }

    /** What libvirt adds for a running domain: its id, sockets and backing chains that belong to the original. */
    private static void removeAttributes(Document document) {
        document.getDocumentElement().removeAttribute("id");
        removeAll(document, "backingStore");
        NodeList graphics = document.getElementsByTagName("graphics");
        for (int i = 0; i < graphics.getLength(); i++) {
            Element element = (Element) graphics.item(i);
            element.removeAttribute("socket");
            NodeList listeners = element.getElementsByTagName("listen");
            for (int k = 0; k < listeners.getLength(); k++) {
                ((Element) listeners.item(k)).removeAttribute("socket");
            }
        }
        NodeList sources = document.getElementsByTagName("source");
        for (int i = 0; i < sources.getLength(); i++) {
            Element source = (Element) sources.item(i);
            String mode = source.getAttribute("mode");
            if (mode.equals("bind")) {
                source.removeAttribute("path");
            }
        }
        NodeList targets = document.getElementsByTagName("target");
        for (int i = 0; i < targets.getLength(); i++) {
            Element target = (Element) targets.item(i);
            if (target.getAttribute("dev").startsWith("vnet")) {
                target.removeAttribute("dev");
            }
        }
    }

    private static void removeAll(Document document, String tag) {
        NodeList found = document.getElementsByTagName(tag);
        while (found.getLength() > 0) {
            Node node = found.item(0);
            node.getParentNode().removeChild(node);
        }
    }

    private static void text(Document document, String tag, String value) {
        document.getElementsByTagName(tag).item(0).setTextContent(value);
    }

    private static Element element(Document document, String parent, int index, String child) {
        Element outer = (Element) document.getElementsByTagName(parent).item(index);
        return (Element) outer.getElementsByTagName(child).item(0);
    }

    private static Document parse(String xml) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException("cannot read a domain definition of libvirt", e);
        }
    }
}
