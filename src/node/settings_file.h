// settings.json in the chain's directory, as Elements keeps it: what RPC changed for the next start. Only its list of
// wallets is ours; other members are kept as they are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "util/result.h"

namespace sluice::node {

// nullopt: nothing was ever said about wallets.
Result<std::optional<std::vector<std::string>>> read_startup_wallets(const std::filesystem::path& chain_dir);
// Replaces the file at once.
Status write_startup_wallets(const std::filesystem::path& chain_dir, const std::vector<std::string>& names);

}  // namespace sluice::node
