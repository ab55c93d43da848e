#include "federation/rules/pak.h"

namespace sluice::fed_rules {

std::vector<PakEntry> parse_pak_list(const std::vector<Bytes>& extension_space) {
    if (extension_space.size() > kMaxPakEntries) return {};
    std::vector<PakEntry> out;
    for (const Bytes& entry : extension_space) {
        if (entry.size() != 66) return {};
        const auto offline = PubKey::parse(ByteView(entry).first(33));
        const auto online = PubKey::parse(ByteView(entry).subspan(33));
        if (!offline || !online) return {};
        out.push_back({*offline, *online});
    }
    return out;
}

}  // namespace sluice::fed_rules
