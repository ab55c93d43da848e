#include "rpc/asset_labels.h"

#include "codec/hex.h"

namespace sluice::rpc {

Result<AssetLabels> AssetLabels::from(const Options& options, const AssetId& pegged_asset) {
    AssetLabels out;
    const std::string pegged_name = options.get_or("defaultpeggedassetname", "bitcoin");
    if (pegged_name.empty() || from_display<AssetId>(pegged_name))
        return fail("-defaultpeggedassetname must be a label");
    out.by_label_[pegged_name] = pegged_asset;
    out.by_asset_[pegged_asset] = pegged_name;
    for (const std::string& entry : options.get_all("assetdir")) {
        const size_t colon = entry.find(':');
        const auto asset = from_display<AssetId>(entry.substr(0, colon));
        const std::string label = colon == std::string::npos ? "" : entry.substr(colon + 1);
        if (!asset || label.empty()) return fail("-assetdir=" + entry + " is not <asset id>:<label>");
        if (from_display<AssetId>(label)) return fail("-assetdir: the label " + label + " looks like an asset id");
        if (out.by_label_.contains(label) || out.by_asset_.contains(*asset))
            return fail("-assetdir=" + entry + " names a label or asset twice");
        out.by_label_[label] = *asset;
        out.by_asset_[*asset] = label;
    }
    return out;
}

std::string AssetLabels::name(const AssetId& asset) const {
    const auto found = by_asset_.find(asset);
    return found == by_asset_.end() ? to_display(asset) : found->second;
}

std::optional<AssetId> AssetLabels::find(std::string_view label_or_hex) const {
    const auto found = by_label_.find(std::string(label_or_hex));
    if (found != by_label_.end()) return found->second;
    return from_display<AssetId>(label_or_hex);
}

}  // namespace sluice::rpc
