/*
 * What a virtual network interface sees: two programs at each tap (tc, clsact) count every packet into the flow that it
 * belongs to. They only look: the answer is always TC_ACT_UNSPEC, "go on". Rules that answer otherwise would be asked in
 * see(), where the key is known, before the packet is counted.
 *
 * Everything here is from the guest's side: "local" is the guest, "out" what it sends, which the host's kernel calls the
 * tap's ingress.
 *
 * LAYOUT names the layout of the maps; the agent gives each layout a folder of its own in the BPF file system. Whoever
 * changes a struct of a map raises it, here and in FlowLayout.java.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define LAYOUT 1

/* No helper that is called here asks for a licence. */
char LICENSE[] SEC("license") = "none";

#define ETHERNET_HEADER 14
#define VLAN_TAG 4
#define MOST_VLAN_TAGS 2
#define MOST_EXTENSION_HEADERS 8

#define TYPE_IPV4 0x0800
#define TYPE_ARP 0x0806
#define TYPE_VLAN 0x8100
#define TYPE_IPV6 0x86dd
#define TYPE_VLAN_OF_PROVIDER 0x88a8
/* Below it stands the length of an IEEE 802.3 frame and no type. */
#define LOWEST_TYPE 0x0600
/* What Linux calls such frames (ETH_P_802_2). */
#define TYPE_LLC 0x0004

#define PROTOCOL_HOP_BY_HOP 0
#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_DCCP 33
#define PROTOCOL_ROUTING 43
#define PROTOCOL_FRAGMENT 44
#define PROTOCOL_AUTHENTICATION 51
#define PROTOCOL_ICMPV6 58
#define PROTOCOL_DESTINATION 60
#define PROTOCOL_SCTP 132
#define PROTOCOL_MOBILITY 135
#define PROTOCOL_UDP_LITE 136
#define PROTOCOL_HIP 139
#define PROTOCOL_SHIM6 140

#define ECHO_REPLY 0
#define ECHO_REQUEST 8
#define ECHO_REQUEST_V6 128
#define ECHO_REPLY_V6 129

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10
/* In flow.tcp, beside the flags of both directions. */
#define FLAGS_IN 8
#define SEQUENCE_KNOWN_OUT (1U << 16)
#define SEQUENCE_KNOWN_IN (1U << 17)

#define INITIATOR_LOCAL 1
#define INITIATOR_REMOTE 2

/* Later fragments have no ports. */
#define KIND_PLAIN 0
#define KIND_LATER_FRAGMENTS 1
/* Requests and replies of one ping; told apart from others by their identifier. */
#define KIND_ECHO 2

struct flow_key {
	__u32 vnic; /* interface index of the tap */
	__u32 retired; /* 0, or of the flow's id: it has ended and another one has its place */
	__u8 local_address[16];
	__u8 remote_address[16];
	__u16 ether_type;
	__u16 vlan_id;
	__u16 local_port;
	__u16 remote_port;
	__u16 echo_id;
	__u8 protocol;
	__u8 kind;
};

struct flow {
	__u64 flow_id;
	__u64 first_seen; /* nanoseconds since boot */
	__u64 last_seen;
	__u64 bytes_out; /* of whole frames, tags included; what a guest hands over to be cut up by the host counts once */
	__u64 packets_out;
	__u64 bytes_in;
	__u64 packets_in;
	__u64 syn_seen; /* of the newest SYN */
	__u32 handshake_us;
	__u32 retransmissions_out;
	__u32 retransmissions_in;
	__u32 fragments;
	__u32 next_out; /* first sequence number that was not sent yet */
	__u32 next_in;
	__u32 tcp; /* flags or-ed: out in the lowest byte, in in the next */
	__u8 local_mac[6];
	__u8 remote_mac[6];
	__u8 initiator;
	__u8 icmp_type; /* of the first packet */
	__u8 icmp_code;
	__u8 unused;
};

_Static_assert(sizeof(struct flow_key) == 52, "layout");
_Static_assert(sizeof(struct flow) == 112, "layout");

/* Not an LRU: that would forget what nobody has read. Its size is set before it is loaded. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flows SEC(".maps");

#define WITHOUT_ROOM 0
#define UNREADABLE 1
#define SEEN 2

/* Packets: without room for their flow, unreadable, and all there were. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 3);
	__type(key, __u32);
	__type(value, __u64);
} losses SEC(".maps");

/* The rest is the agent's: what it must know when it begins again. The programs never look at it. */

/* What was told of a flow already. */
struct reported {
	__u64 bytes_out;
	__u64 packets_out;
	__u64 bytes_in;
	__u64 packets_in;
	__u32 retransmissions_out;
	__u32 retransmissions_in;
	__u32 fragments;
	__u32 handshake_us;
	__u32 tcp; /* as in flow */
	__u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct reported);
} reported SEC(".maps");

/* Whose a tap is. */
struct vnic {
	__u8 vm_id[16];
	__u8 nic_id[16];
	__u8 network_id[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct vnic);
} vnics SEC(".maps");

/* How far the numbering of batches and records has come, and a name for this numbering. */
struct progress {
	__u8 name[16];
	__u64 batches;
	__u64 records;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct progress);
} progress SEC(".maps");

/* A packet as far as it was read. */
struct reading {
	struct flow_key key;
	__u32 sequence;
	__u32 length; /* of what TCP carries */
	__u8 tcp_flags;
	__u8 fragment;
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 source_mac[6];
	__u8 destination_mac[6];
};

static __always_inline void count(__u32 which)
{
	__u64 *counter = bpf_map_lookup_elem(&losses, &which);
	if (counter)
		*counter += 1; /* per processor, and no packet interrupts another one on it */
}

static __always_inline void copy(__u8 *to, const __u8 *from, const int bytes)
{
#pragma unroll
	for (int i = 0; i < bytes; i++)
		to[i] = from[i];
}

static __always_inline void set_addresses(struct flow_key *key, const __u8 *source, const __u8 *destination,
					  const int bytes, const int from_guest)
{
	copy(from_guest ? key->local_address : key->remote_address, source, bytes);
	copy(from_guest ? key->remote_address : key->local_address, destination, bytes);
}

static __always_inline void set_ports(struct flow_key *key, __u16 source, __u16 destination, const int from_guest)
{
	key->local_port = from_guest ? source : destination;
	key->remote_port = from_guest ? destination : source;
}

/* Whether the packet could be read; offset is where the payload of IP begins, end where it ends. */
static __always_inline int read_tcp(struct __sk_buff *skb, struct reading *it, __u32 offset, __u32 end,
				    const int from_guest)
{
	__u8 header[14];
	if (bpf_skb_load_bytes(skb, offset, header, sizeof(header)))
		return 0;
	__u32 header_bytes = (header[12] >> 4) * 4;
	if (header_bytes < 20 || offset + header_bytes > end)
		return 0;
	set_ports(&it->key, header[0] << 8 | header[1], header[2] << 8 | header[3], from_guest);
	it->sequence = (__u32)header[4] << 24 | header[5] << 16 | header[6] << 8 | header[7];
	it->length = end - offset - header_bytes;
	it->tcp_flags = header[13];
	return 1;
}

static __always_inline int read_ports(struct __sk_buff *skb, struct reading *it, __u32 offset, __u32 end,
				      const int from_guest)
{
	__u8 header[4];
	if (offset + 8 > end || bpf_skb_load_bytes(skb, offset, header, sizeof(header)))
		return 0;
	set_ports(&it->key, header[0] << 8 | header[1], header[2] << 8 | header[3], from_guest);
	return 1;
}

static __always_inline int read_icmp(struct __sk_buff *skb, struct reading *it, __u32 offset, __u32 end,
				     __u8 request, __u8 reply)
{
	__u8 header[6];
	/* ICMPv6 messages may be four bytes short of ICMP's. */
	if (offset + 4 > end || bpf_skb_load_bytes(skb, offset, header, 4))
		return 0;
	it->icmp_type = header[0];
	it->icmp_code = header[1];
	it->key.local_port = header[0];
	it->key.remote_port = header[1];
	if (header[0] == request || header[0] == reply) {
		if (offset + 8 > end || bpf_skb_load_bytes(skb, offset, header, 6))
			return 0;
		it->key.kind = KIND_ECHO;
		it->key.local_port = request;
		it->key.remote_port = 0;
		it->key.echo_id = header[4] << 8 | header[5];
	}
	return 1;
}

static __always_inline int read_payload(struct __sk_buff *skb, struct reading *it, __u32 offset, __u32 end,
					const int from_guest)
{
	switch (it->key.protocol) {
	case PROTOCOL_TCP:
		return read_tcp(skb, it, offset, end, from_guest);
	case PROTOCOL_UDP:
	case PROTOCOL_UDP_LITE:
	case PROTOCOL_DCCP:
	case PROTOCOL_SCTP:
		return read_ports(skb, it, offset, end, from_guest);
	case PROTOCOL_ICMP:
		if (it->key.ether_type == TYPE_IPV4)
			return read_icmp(skb, it, offset, end, ECHO_REQUEST, ECHO_REPLY);
		return 1;
	case PROTOCOL_ICMPV6:
		if (it->key.ether_type == TYPE_IPV6)
			return read_icmp(skb, it, offset, end, ECHO_REQUEST_V6, ECHO_REPLY_V6);
		return 1;
	default:
		return 1;
	}
}

/* A first fragment may be too short for what should stand in it: it is counted with those that have no ports. */
static __always_inline int read_first(struct __sk_buff *skb, struct reading *it, __u32 offset, __u32 end,
				      const int from_guest)
{
	if (read_payload(skb, it, offset, end, from_guest))
		return 1;
	if (it->fragment) {
		it->key.kind = KIND_LATER_FRAGMENTS;
		it->key.local_port = 0;
		it->key.remote_port = 0;
		return 1;
	}
	return 0;
}

static __always_inline int read_ipv4(struct __sk_buff *skb, struct reading *it, __u32 offset, const int from_guest)
{
	__u8 header[20];
	if (bpf_skb_load_bytes(skb, offset, header, sizeof(header)))
		return 0;
	__u32 header_bytes = (header[0] & 0x0f) * 4;
	__u32 total = header[2] << 8 | header[3];
	__u32 available = skb->len - offset;
	/* What the host shall cut up says nothing of the whole when it is larger than 64 KiB. */
	if (skb->gso_size)
		total = available;
	if (header[0] >> 4 != 4 || header_bytes < 20 || total < header_bytes || total > available)
		return 0;
	set_addresses(&it->key, header + 12, header + 16, 4, from_guest);
	it->key.protocol = header[9];
	__u16 fragment = (header[6] & 0x3f) << 8 | header[7];
	it->fragment = fragment != 0;
	if (fragment & 0x1fff) {
		it->key.kind = KIND_LATER_FRAGMENTS;
		return 1;
	}
	return read_first(skb, it, offset + header_bytes, offset + total, from_guest);
}

static __always_inline int is_extension(__u8 protocol)
{
	switch (protocol) {
	case PROTOCOL_HOP_BY_HOP:
	case PROTOCOL_ROUTING:
	case PROTOCOL_FRAGMENT:
	case PROTOCOL_AUTHENTICATION:
	case PROTOCOL_DESTINATION:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
		return 1;
	default:
		return 0;
	}
}

static __always_inline int read_ipv6(struct __sk_buff *skb, struct reading *it, __u32 offset, const int from_guest)
{
	__u8 header[40];
	if (bpf_skb_load_bytes(skb, offset, header, sizeof(header)))
		return 0;
	__u32 payload = header[4] << 8 | header[5];
	__u32 available = skb->len - offset - 40;
	if (skb->gso_size || (payload == 0 && header[6] == PROTOCOL_HOP_BY_HOP))
		payload = available;
	if (header[0] >> 4 != 6 || payload > available)
		return 0;
	set_addresses(&it->key, header + 8, header + 24, 16, from_guest);
	it->key.protocol = header[6];
	__u32 at = offset + 40;
	__u32 end = at + payload;
	for (int i = 0; i < MOST_EXTENSION_HEADERS; i++) {
		__u8 protocol = it->key.protocol;
		if (!is_extension(protocol))
			return read_first(skb, it, at, end, from_guest);
		__u8 extension[8];
		if (at + 8 > end || bpf_skb_load_bytes(skb, at, extension, sizeof(extension)))
			return 0;
		it->key.protocol = extension[0];
		if (protocol == PROTOCOL_FRAGMENT) {
			__u16 fragment = extension[2] << 8 | extension[3];
			at += 8;
			/* The "atomic" fragment of RFC 6946 is whole. */
			if (fragment & 0xfff9)
				it->fragment = 1;
			if (fragment & 0xfff8) {
				it->key.kind = KIND_LATER_FRAGMENTS;
				return 1;
			}
		} else if (protocol == PROTOCOL_AUTHENTICATION) {
			at += ((__u32)extension[1] + 2) * 4;
		} else {
			at += ((__u32)extension[1] + 1) * 8;
		}
	}
	/* More than anybody needs: the last one passes for the protocol. */
	return 1;
}

static __always_inline int read_arp(struct __sk_buff *skb, struct reading *it, __u32 offset, const int from_guest)
{
	__u8 packet[28];
	if (bpf_skb_load_bytes(skb, offset, packet, sizeof(packet)))
		return 0;
	/* Ethernet, IPv4, and addresses as long as theirs are; another kind has no addresses for us. */
	if (packet[0] == 0 && packet[1] == 1 && packet[2] == 0x08 && packet[3] == 0 && packet[4] == 6 && packet[5] == 4)
		set_addresses(&it->key, packet + 14, packet + 24, 4, from_guest);
	return 1;
}

static __always_inline int read_frame(struct __sk_buff *skb, struct reading *it, const int from_guest)
{
	__u8 header[ETHERNET_HEADER];
	if (bpf_skb_load_bytes(skb, 0, header, sizeof(header)))
		return 0;
	copy(it->destination_mac, header, 6);
	copy(it->source_mac, header + 6, 6);
	__u16 type = header[12] << 8 | header[13];
	__u32 offset = ETHERNET_HEADER;
	int tags = 0;
	/* The kernel keeps the outer tag beside the frame most of the time. */
	if (skb->vlan_present) {
		it->key.vlan_id = skb->vlan_tci & 0x0fff;
		tags = 1;
	}
#pragma unroll
	for (int i = 0; i < MOST_VLAN_TAGS; i++) {
		if (tags < MOST_VLAN_TAGS && (type == TYPE_VLAN || type == TYPE_VLAN_OF_PROVIDER)) {
			__u8 tag[VLAN_TAG];
			if (bpf_skb_load_bytes(skb, offset, tag, sizeof(tag)))
				return 0;
			if (tags == 0)
				it->key.vlan_id = (tag[0] & 0x0f) << 8 | tag[1];
			type = tag[2] << 8 | tag[3];
			offset += VLAN_TAG;
			tags++;
		}
	}
	it->key.ether_type = type < LOWEST_TYPE ? TYPE_LLC : type;
	switch (type) {
	case TYPE_IPV4:
		return read_ipv4(skb, it, offset, from_guest);
	case TYPE_IPV6:
		return read_ipv6(skb, it, offset, from_guest);
	case TYPE_ARP:
		return read_arp(skb, it, offset, from_guest);
	default:
		return 1;
	}
}

static __always_inline int has_ended(__u32 tcp)
{
	__u32 out = tcp & 0xff;
	__u32 in = tcp >> FLAGS_IN & 0xff;
	return (out & in & FIN) || ((out | in) & RST);
}

static __always_inline struct flow *begin(struct reading *it, __u64 now, __u64 flags, const int from_guest)
{
	struct flow fresh = {};
	fresh.flow_id = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32() | 1;
	fresh.first_seen = now;
	fresh.last_seen = now;
	fresh.initiator = from_guest ? INITIATOR_LOCAL : INITIATOR_REMOTE;
	fresh.icmp_type = it->icmp_type;
	fresh.icmp_code = it->icmp_code;
	/* Whether it was put in by us or, a moment before, on another processor, it is there now. */
	bpf_map_update_elem(&flows, &it->key, &fresh, flags);
	return bpf_map_lookup_elem(&flows, &it->key);
}

/* Makes room under the tuple of a flow that has ended; nothing is added any more to what is moved away. */
static __always_inline struct flow *begin_again(struct flow *old, struct reading *it, __u64 now, const int from_guest)
{
	it->key.retired = (__u32)(old->flow_id >> 32) | 1;
	long refused = bpf_map_update_elem(&flows, &it->key, old, BPF_ANY);
	it->key.retired = 0;
	/* No room: the old one goes on, for its counters are in nobody's hands yet. */
	if (refused)
		return old;
	return begin(it, now, BPF_ANY, from_guest);
}

/* Flags never go away, so that most packets find theirs there and write nothing. */
static __always_inline void set_tcp(struct flow *flow, __u32 bits)
{
	if ((flow->tcp & bits) != bits)
		__sync_fetch_and_or(&flow->tcp, bits);
}

/*
 * Sequence numbers are not written atomically: a direction's packets of one conversation come on one processor, and
 * where they do not, the count of retransmissions may be off, nothing else.
 */
static __always_inline void follow_tcp(struct flow *flow, struct reading *it, __u64 now, const int from_guest)
{
	__u32 *next = from_guest ? &flow->next_out : &flow->next_in;
	__u32 known = from_guest ? SEQUENCE_KNOWN_OUT : SEQUENCE_KNOWN_IN;
	__u32 end = it->sequence + it->length + (it->tcp_flags & SYN ? 1 : 0) + (it->tcp_flags & FIN ? 1 : 0);
	if (!(flow->tcp & known)) {
		*next = end;
	} else {
		if (it->length > 0 && (__s32)(it->sequence - *next) < 0)
			__sync_fetch_and_add(from_guest ? &flow->retransmissions_out : &flow->retransmissions_in, 1);
		if ((__s32)(end - *next) > 0)
			*next = end;
	}
	if ((it->tcp_flags & (SYN | ACK)) == SYN)
		flow->syn_seen = now;
	if ((it->tcp_flags & (SYN | ACK)) == (SYN | ACK) && flow->syn_seen && !flow->handshake_us) {
		__u32 us = (now - flow->syn_seen) / 1000;
		flow->handshake_us = us ? us : 1;
	}
	set_tcp(flow, known | (__u32)it->tcp_flags << (from_guest ? 0 : FLAGS_IN));
}

static __always_inline int see(struct __sk_buff *skb, const int from_guest)
{
	struct reading it = {};
	count(SEEN);
	it.key.vnic = skb->ifindex;
	if (!read_frame(skb, &it, from_guest)) {
		count(UNREADABLE);
		return TC_ACT_UNSPEC;
	}
	__u64 now = bpf_ktime_get_boot_ns();
	struct flow *flow = bpf_map_lookup_elem(&flows, &it.key);
	if (!flow)
		flow = begin(&it, now, BPF_NOEXIST, from_guest);
	else if ((it.tcp_flags & (SYN | ACK | RST)) == SYN && has_ended(flow->tcp))
		flow = begin_again(flow, &it, now, from_guest);
	if (!flow) {
		count(WITHOUT_ROOM);
		return TC_ACT_UNSPEC;
	}
	__u64 bytes = skb->len + (skb->vlan_present ? VLAN_TAG : 0);
	__sync_fetch_and_add(from_guest ? &flow->bytes_out : &flow->bytes_in, bytes);
	__sync_fetch_and_add(from_guest ? &flow->packets_out : &flow->packets_in, 1);
	if (it.fragment)
		__sync_fetch_and_add(&flow->fragments, 1);
	if (it.key.protocol == PROTOCOL_TCP && it.key.kind == KIND_PLAIN)
		follow_tcp(flow, &it, now, from_guest);
	copy(flow->local_mac, from_guest ? it.source_mac : it.destination_mac, 6);
	copy(flow->remote_mac, from_guest ? it.destination_mac : it.source_mac, 6);
	flow->last_seen = now;
	return TC_ACT_UNSPEC;
}

SEC("tc")
int from_guest(struct __sk_buff *skb)
{
	return see(skb, 1);
}

SEC("tc")
int to_guest(struct __sk_buff *skb)
{
	return see(skb, 0);
}
