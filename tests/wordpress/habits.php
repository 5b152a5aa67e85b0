<?php
// Plugin that gives a site the habits of others: PANTAU_HABITS of its server, words with spaces between them.
$habits = explode(' ', (string) getenv('PANTAU_HABITS'));

if (in_array('closed-api', $habits) && str_starts_with($_SERVER['REQUEST_URI'] ?? '', '/wp-json')) {
    // As security plugins do.
    http_response_code(403);
    header('Content-Type: application/json');
    exit('{"code":"rest_forbidden","message":"Akses ditolak","data":{"status":403}}');
}
if (in_array('no-totals', $habits)) {
    // As proxies do that let known headers through alone.
    add_filter('rest_post_dispatch', function ($answer) {
        $answer->set_headers(array_diff_key($answer->get_headers(), ['X-WP-TotalPages' => '', 'X-WP-Total' => '']));
        return $answer;
    });
}
if (in_array('plain-links', $habits)) {
    add_filter('pre_option_permalink_structure', '__return_empty_string');
    add_filter('pre_option_rewrite_rules', fn() => ['^no-such-rule$' => 'index.php']);
}
if (in_array('lastmod', $habits)) {
    // Newer WordPress and the plugins for search engines say when a post was last changed.
    add_filter('wp_sitemaps_posts_entry', function ($entry, $post) {
        $entry['lastmod'] = get_post_modified_time('c', true, $post);
        return $entry;
    }, 10, 2);
}
if (in_array('blocks', $habits)) {
    // A theme of blocks, as WordPress itself has brought since 2022.
    add_filter('pre_option_template', fn() => 'twentytwentythree');
    add_filter('pre_option_stylesheet', fn() => 'twentytwentythree');
}
