// Names for assets: the pegged asset is "bitcoin" (or -defaultpeggedassetname), others as -assetdir=<id>:<label> says.
// Immutable.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "consensus/primitives/ids.h"
#include "util/options.h"
#include "util/result.h"

namespace sluice::rpc {

class AssetLabels {
public:
    // The error names the option and what is wrong with it.
    static Result<AssetLabels> from(const Options& options, const AssetId& pegged_asset);

    [[nodiscard]] std::string name(const AssetId& asset) const;  // label, else the id in hex
    [[nodiscard]] std::optional<AssetId> find(std::string_view label_or_hex) const;
    [[nodiscard]] const std::map<std::string, AssetId>& all() const { return by_label_; }

private:
    std::map<std::string, AssetId> by_label_;
    std::map<AssetId, std::string> by_asset_;
};

}  // namespace sluice::rpc
