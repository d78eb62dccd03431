# Netplan version 2 (the part NoCloud seeds use) to lines "mac mtu gateway address,address"; "-" for what is missing.
function flush_entry() {
  if (mac != "") print tolower(mac), mtu == "" ? "-" : mtu, gateway == "" ? "-" : gateway, addresses == "" ? "-" : addresses
  mac = ""; mtu = ""; gateway = ""; addresses = ""; in_addresses = 0
}
{
  sub(/[ \t]+#.*$/, "")
  gsub(/[]\["',]/, " ")
  match($0, /^ */)
  indent = RLENGTH
  if ($1 == "") next
  if ($1 == "ethernets:") { inside = 1; entry_indent = -1; next }
  if (!inside) next
  if (entry_indent < 0) entry_indent = indent
  if (indent == entry_indent) { flush_entry(); next }
  if (indent < entry_indent) { flush_entry(); inside = 0; next }
  first = 1
  if ($1 == "-") first = 2
  if ($first ~ /:$/) {
    in_addresses = ($first == "addresses:")
    if ($first == "macaddress:") mac = $(first + 1)
    else if ($first == "mtu:") mtu = $(first + 1)
    else if ($first == "gateway4:" || $first == "via:") gateway = $(first + 1)
    first++
  }
  if (in_addresses)
    for (i = first; i <= NF; i++)
      if ($i ~ /^[0-9].*\//) addresses = addresses (addresses == "" ? "" : ",") $i
}
END { flush_entry() }
