// banlist.json in the chain's directory, as Elements keeps it: the operator's bans, readable and taken over from there.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "p2p/net/ban_list.h"
#include "util/result.h"

namespace sluice::node {

// nullopt: there is no file. Entries of a version or an address that is not known here are left out.
Result<std::optional<std::vector<net::Ban>>> read_ban_file(const std::filesystem::path& chain_dir);
// Replaces the file at once, synced.
Status write_ban_file(const std::filesystem::path& chain_dir, const std::vector<net::Ban>& bans);

}  // namespace sluice::node
