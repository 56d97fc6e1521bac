#!/usr/bin/env bash
# A built site into an S3 bucket behind CloudFront. Once, for the headers:
#   aws cloudfront create-response-headers-policy --response-headers-policy-config file://recipes/cloudfront-headers.json
# S3 gives no index.html of folders: let a CloudFront function add it, or build with --portable, whose links name it.
#   BUCKET=my-bucket DISTRIBUTION=E123 bash recipes/s3.sh
set -euo pipefail
opslore build --output public --portable
# New assets before the pages that name them; old ones go last, when no page names them any more.
aws s3 sync public/assets "s3://$BUCKET/assets" --cache-control 'public, max-age=31536000, immutable'
aws s3 sync public "s3://$BUCKET" --exclude 'assets/*' --exclude .opslore-site --delete --cache-control no-cache
aws s3 sync public/assets "s3://$BUCKET/assets" --delete --cache-control 'public, max-age=31536000, immutable'
aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION" --paths '/*'
