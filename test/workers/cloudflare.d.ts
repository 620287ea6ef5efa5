/** Types of what the tests find inside workerd. */
/// <reference types="@cloudflare/vitest-plugin/types" />
